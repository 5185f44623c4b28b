import { computed, ref, type ComputedRef, type Ref } from 'vue';

import { asRefusal, type Refusal } from '@/api/refusal';
import { download, upload } from '@/api/transfer';
import type { Attachment } from '@/api/types';

/** A file that has arrived, and what it is evidence of. Kept in the draft, so that nobody uploads it twice. */
export interface Evidence {
  id: string;
  kind: string;
  name: string;
  size: number;
  sha256: string;
}

export interface Sending {
  kind: string;
  name: string;
  share: number;
  refusal: Refusal | null;
}

export interface EvidenceUploads {
  sending: Ref<Sending[]>;
  busy: ComputedRef<boolean>;
  send: (kind: string, files: File[]) => Promise<void>;
  dismiss: (entry: Sending) => void;
}

function isAttachment(body: unknown): body is Attachment {
  return typeof body === 'object' && body !== null && 'id' in body && 'sha256' in body;
}

export function useEvidenceUploads(organizationId: () => string, arrived: (evidence: Evidence) => void): EvidenceUploads {
  const sending = ref<Sending[]>([]);

  async function sendOne(kind: string, file: File): Promise<void> {
    sending.value.push({ kind, name: file.name, share: 0, refusal: null });
    const entry = sending.value.at(-1);
    if (entry === undefined) return;
    try {
      const body = await upload('/api/v1/attachments', file, { organization_id: organizationId() }, (share) => {
        entry.share = share;
      });
      if (!isAttachment(body)) throw new TypeError('The answer is no attachment.');
      arrived({ id: body.id, kind, name: body.name, size: body.size, sha256: body.sha256 });
      dismiss(entry);
    } catch (thrown) {
      entry.refusal = asRefusal(thrown);
    }
  }

  function dismiss(entry: Sending): void {
    sending.value = sending.value.filter((other) => other !== entry);
  }

  return {
    sending,
    busy: computed(() => sending.value.some((entry) => entry.refusal === null)),
    send: async (kind, files) => {
      for (const file of files) await sendOne(kind, file);
    },
    dismiss,
  };
}

export const downloadAttachment = (id: string, name: string): Promise<void> => download(`/api/v1/attachments/${id}`, name);
