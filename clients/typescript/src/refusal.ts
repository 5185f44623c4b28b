/** One problem of a refused request; `pointer` is a JSON pointer into the body that was sent, '' for the whole. */
export interface Problem {
  pointer: string;
  code: string;
  message: string;
}

/** A request that was not done: the server's problem+json, or a network that did not answer (status 0). */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly problems: Problem[];
  readonly requestId: string | null;

  constructor(status: number, code: string, detail: string, problems: Problem[] = [], requestId: string | null = null) {
    super(detail);
    this.name = 'Refusal';
    this.status = status;
    this.code = code;
    this.problems = problems;
    this.requestId = requestId;
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function problemFrom(value: unknown): Problem[] {
  if (typeof value !== 'object' || value === null) return [];
  const entry: Record<string, unknown> = { ...value };
  const pointer = text(entry.pointer).replace(/^#/, '');
  return [{ pointer, code: text(entry.code), message: text(entry.message) || text(entry.detail) || text(entry.code) }];
}

/** Reads an answer's body as problem+json; whatever else a proxy may say becomes a plain refusal with its status. */
export function refusalFrom(status: number, body: unknown): Refusal {
  if (typeof body !== 'object' || body === null) return new Refusal(status, `http_${status}`, '');
  const problem: Record<string, unknown> = { ...body };
  const problems = Array.isArray(problem.errors) ? problem.errors.flatMap(problemFrom) : [];
  const detail = text(problem.detail) || text(problem.title) || text(problem.error_description);
  const code = text(problem.code) || text(problem.error) || `http_${status}`;
  return new Refusal(status, code, detail, problems, text(problem.request_id) || null);
}

export function asRefusal(thrown: unknown): Refusal {
  if (thrown instanceof Refusal) return thrown;
  return new Refusal(0, 'network', '');
}
