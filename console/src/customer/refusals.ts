/** Refusals of the forms for customers, in plain words of the page's language: the API's are for who writes programs. */

import { Problem } from "../core/problem";
import { say, words } from "../core/words";

const WORDS = words({
  en: {
    required: "This is needed.",
    wrong: "Something is missing or not right.",
    fields: {
      name: "Write a name of 3 to 150 characters, on one line.",
      email: "This is no email address. It looks like name@example.com.",
      label: "Write the number as it was told to you.",
      type: "Choose one of the list.",
      category: "Choose one of the list. It may have changed meanwhile.",
      subcategory: "Choose one of the list. It may have changed meanwhile.",
      subject: "Write 1 to 200 characters, on one line.",
      description: "Write at least 10 characters, and no more than 64 kB.",
      phone: "Write a phone number, such as +57 300 123 4567.",
      document_id: "Write 50 characters at most, on one line.",
      company: "Write 200 characters at most, on one line.",
      reason: "Write a reason of 1,000 characters at most.",
      body: "Write your message, of 64 kB at most.",
      comment: "Write 2,000 characters at most.",
    } as Record<string, string>,
  },
  es: {
    required: "Esto es necesario.",
    wrong: "Algo falta o no está bien.",
    fields: {
      name: "Escriba un nombre de 3 a 150 caracteres, en una línea.",
      email: "Esta no es una dirección de correo. Se parece a nombre@example.com.",
      label: "Escriba el número como se le indicó.",
      type: "Elija uno de la lista.",
      category: "Elija uno de la lista. Puede haber cambiado mientras tanto.",
      subcategory: "Elija uno de la lista. Puede haber cambiado mientras tanto.",
      subject: "Escriba de 1 a 200 caracteres, en una línea.",
      description: "Escriba al menos 10 caracteres, y no más de 64 kB.",
      phone: "Escriba un número de teléfono, como +57 300 123 4567.",
      document_id: "Escriba 50 caracteres como máximo, en una línea.",
      company: "Escriba 200 caracteres como máximo, en una línea.",
      reason: "Escriba un motivo de 1.000 caracteres como máximo.",
      body: "Escriba su mensaje, de 64 kB como máximo.",
      comment: "Escriba 2.000 caracteres como máximo.",
      custom_fields: "Esto no se puede recibir así. Revise lo que escribió o eligió.",
      attachments: "Estos archivos no se pueden recibir así.",
    },
  },
});

/** Does something; what refuses it says so in plain words. */
export async function refusedInWords<T>(does: () => Promise<T>): Promise<T> {
  try {
    return await does();
  } catch (thrown) {
    throw thrown instanceof Problem ? inWords(thrown) : thrown;
  }
}

/** What has no words of its own stays as the API says it. */
function inWords(problem: Problem): Problem {
  if (!problem.errors.length) return problem;
  const t = say(WORDS);
  const errors = problem.errors.map((error) => ({
    ...error,
    message: error.code === "FIELD_REQUIRED" ? t.required : (t.fields[error.field.split(".")[0]!] ?? error.message),
  }));
  return new Problem(problem.status, problem.code, t.wrong, errors, problem.retryAfter, problem.requestId);
}
