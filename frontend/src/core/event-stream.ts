export interface StreamEvent {
  name: string;
  data: string;
  id: string | null;
}

/** The events of a `text/event-stream`, one after another, as they arrive; comments are passed over. */
export async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let left = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      left += decoder.decode(value, { stream: true });
      const blocks = left.split('\n\n');
      left = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = eventIn(block);
        if (event !== null) yield event;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function eventIn(block: string): StreamEvent | null {
  const event: StreamEvent = { name: '', data: '', id: null };
  for (const line of block.split('\n')) {
    const colon = line.indexOf(': ');
    const value = line.slice(colon + 2);
    switch (line.slice(0, colon)) {
      case 'event': event.name = value; break;
      case 'data': event.data = value; break;
      case 'id': event.id = value; break;
    }
  }
  return event.name === '' ? null : event;
}
