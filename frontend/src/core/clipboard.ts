/** A page that was not opened by TLS is given no clipboard: then nobody is offered to copy. */
export const mayCopy = (): boolean => typeof navigator.clipboard !== 'undefined';

/** Whether `text` is now on the clipboard; the person may have refused. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
