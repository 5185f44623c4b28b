import { computed, nextTick, ref, useTemplateRef, type ComputedRef, type Ref } from 'vue';

import type { Refusal } from '@/api/refusal';

import { useSession } from './session-store';
import { useAction } from './use-action';

export interface SignIn {
  username: Ref<string>;
  password: Ref<string>;
  code: Ref<string>;
  /** Name and password were right, and the account has an authenticator: now its code is asked for. */
  asked: Ref<boolean>;
  missing: Ref<'username' | 'password' | null>;
  busy: Ref<boolean>;
  refusal: Ref<Refusal | null>;
  /** A wrong pair is told at the password, a wrong code at the code, where they are put right; everything else above. */
  wrongPair: ComputedRef<string>;
  wrongCode: ComputedRef<string>;
  submit: () => Promise<void>;
  /** Fill in a name, and go on at the password. */
  take: (name: string) => void;
}

const NEEDS_CODE = ['second_step_required', 'second_step_wrong', 'second_step_locked', 'sign_in_locked'];

/** The form by which somebody signs in, on the desk and on the phone; `words` are for refusals that bring none. Its inputs
 * are called `usernameBox`, `passwordBox` and `codeBox`. */
export function useSignIn(name: string, words: { pair: () => string; code: () => string }, done: () => void): SignIn {
  const session = useSession();
  const username = ref(name);
  const password = ref('');
  const code = ref('');
  const asked = ref(false);
  const missing = ref<'username' | 'password' | null>(null);
  const usernameBox = useTemplateRef<HTMLInputElement>('usernameBox');
  const passwordBox = useTemplateRef<HTMLInputElement>('passwordBox');
  const codeBox = useTemplateRef<HTMLInputElement>('codeBox');
  const { busy, refusal, run } = useAction(() => session.signIn(username.value.trim(), password.value, code.value.trim()).then(() => true));

  const told = (key: string, otherwise: () => string): ComputedRef<string> => computed(() => (refusal.value?.code === key ? refusal.value.message || otherwise() : ''));

  async function submit(): Promise<void> {
    missing.value = username.value.trim() === '' ? 'username' : password.value === '' ? 'password' : null;
    if (missing.value === 'username') return usernameBox.value?.focus();
    if (missing.value === 'password') return passwordBox.value?.focus();
    if (await run()) {
      password.value = code.value = '';
      asked.value = false;
      done();
      return;
    }
    // While all unknown places are locked, only both steps together are let in.
    if (NEEDS_CODE.includes(refusal.value?.code ?? '')) asked.value = true;
    await nextTick();
    (asked.value ? codeBox : passwordBox).value?.select();
  }

  const take = (other: string): void => {
    username.value = other;
    passwordBox.value?.focus();
  };

  return {
    username, password, code, asked, missing, busy, refusal, submit, take,
    wrongPair: told('invalid_grant', words.pair), wrongCode: told('second_step_wrong', words.code),
  };
}
