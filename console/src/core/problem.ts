/** A refusal of the API (RFC 9457), or of the network, as something to show. */

export interface FieldProblem {
  field: string;
  code: string;
  message: string;
}

export class Problem extends Error {
  constructor(
    /** 0 where nothing answered. */
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly errors: readonly FieldProblem[] = [],
    /** Seconds to wait. */
    readonly retryAfter: number | null = null,
    readonly requestId: string | null = null,
    /** What else the API says of it, by name. */
    readonly facts: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail);
  }

  /**
   * Whether the same, sent again, may be taken: nothing was decided about what it says. A conflict with a time to wait
   * is that the first one with its Idempotency-Key still runs.
   */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500 || (this.status === 409 && this.retryAfter !== null);
  }

  /** What is wrong with a field of the form. `a.b` and `a.0` are also found as `a`. */
  of(field: string): string | undefined {
    return this.errors.find((error) => error.field === field || error.field.startsWith(`${field}.`))?.message;
  }

  static async from(response: Response): Promise<Problem> {
    const waiting = Number(response.headers.get("Retry-After"));
    const retryAfter = Number.isFinite(waiting) && waiting > 0 ? waiting : null;
    try {
      const { code, detail, title, errors, request_id, ...facts } = await response.json();
      return new Problem(response.status, code, detail ?? title, errors ?? [], retryAfter, request_id ?? null, facts);
    } catch {
      return new Problem(response.status, "UNREADABLE", response.statusText || `HTTP ${response.status}`, [], retryAfter);
    }
  }
}

/** What was thrown, as a problem; what is none is a defect of ours and goes on. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  throw thrown;
}
