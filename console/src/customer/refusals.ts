/** Refusals of the forms for customers, in the page's language: the API's sentences are English. */

import { Problem } from "../core/problem";
import { language } from "../core/words";

const REQUIRED = "Esto es necesario.";
const OTHER = "Esto no se puede recibir así.";
const SPANISH: Record<string, string> = {
  name: "Escriba un nombre de 3 a 150 caracteres, en una línea.",
  email: "Esta no es una dirección de correo. Se parece a nombre@example.com.",
  label: "Escriba el número como se le indicó.",
  type: "Elija uno de la lista.",
  category: "Elija uno de la lista. Puede haber cambiado mientras tanto.",
  subcategory: "Elija uno de la lista. Puede haber cambiado mientras tanto.",
  subject: "Escriba 200 caracteres como máximo, en una línea.",
  description: "Escriba al menos 10 caracteres, y no más de 64 kB.",
  phone: "Escriba un número de teléfono, como +57 300 123 4567.",
  document_id: "Escriba 50 caracteres como máximo, en una línea.",
  company: "Escriba 200 caracteres como máximo, en una línea.",
  attachments: "Estos archivos no se pueden recibir así.",
  body: "Escriba su mensaje, de 64 kB como máximo.",
  reason: "Escriba un motivo, de 1.000 caracteres como máximo.",
  comment: "Escriba 2.000 caracteres como máximo.",
};

/** Does something; what refuses it says so in the page's language. */
export async function refusedInWords<T>(does: () => Promise<T>): Promise<T> {
  try {
    return await does();
  } catch (thrown) {
    throw thrown instanceof Problem ? inWords(thrown) : thrown;
  }
}

export function inWords(problem: Problem): Problem {
  if (language.value !== "es" || !problem.errors.length) return problem;
  const errors = problem.errors.map((error) => ({
    ...error,
    message: error.code === "FIELD_REQUIRED" ? REQUIRED : (SPANISH[error.field.split(".")[0]!] ?? OTHER),
  }));
  return new Problem(problem.status, problem.code, "Algo falta o no está bien.", errors, problem.retryAfter, problem.requestId);
}
