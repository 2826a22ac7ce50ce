/**
 * The API speaks English. What it says to people about signing in, their account and what any form may meet is
 * here in Spanish; `tests/api/test_console_sentences.py` holds each line to what the API really says.
 */

import { language } from "../core/words";

const SPANISH: Readonly<Record<string, string>> = {
  // Any form
  "This field is required.": "Este campo es obligatorio.",
  "There is no such field.": "No existe ese campo.",
  "This is no email address.": "No es una dirección de correo.",
  "This email address is too long.": "Esta dirección de correo es demasiado larga.",
  "Line breaks and control characters are not allowed here.": "Aquí no se admiten saltos de línea ni caracteres de control.",
  "NUL characters cannot be stored.": "No se pueden guardar caracteres NUL.",
  "Too many requests. Wait before you try again.": "Demasiadas solicitudes. Espere antes de intentarlo de nuevo.",
  // Passwords
  "Choose a password of at least 10 characters.": "Elija una contraseña de al menos 10 caracteres.",
  "Choose a password of at most 128 characters.": "Elija una contraseña de 128 caracteres como máximo.",
  "The password holds half a character.": "La contraseña contiene medio carácter.",
  "This password is among the first that an attacker tries. Choose another one.": "Esta contraseña es de las primeras que probaría un atacante. Elija otra.",
  "The password is your name, email or workspace. Choose one that nobody can look up.": "La contraseña es su nombre, su correo o su espacio de trabajo. Elija una que nadie pueda averiguar.",
  "The current password is wrong.": "La contraseña actual no es correcta.",
  "Too many wrong passwords. Wait before you try again.": "Demasiadas contraseñas incorrectas. Espere antes de intentarlo de nuevo.",
  "This account is no longer active.": "Esta cuenta ya no está activa.",
  // Signing in
  "Email or password is wrong.": "El correo o la contraseña no son correctos.",
  "Too many failed sign-ins with this email. Wait before you try again.": "Demasiados intentos fallidos con este correo. Espere antes de intentarlo de nuevo.",
  "This account has just changed, or is no longer active. Sign in again.": "Esta cuenta acaba de cambiar o ya no está activa. Inicie sesión de nuevo.",
  "This help desk makes accounts itself. Ask it for an invitation.": "Esta mesa de ayuda crea las cuentas por sí misma. Pídale una invitación.",
  // Links of mails
  "There is no such link. Copy all of it, or ask for another one.": "Ese enlace no existe. Cópielo entero o pida otro.",
  "This link was used before, or its time is over. Ask for another one.": "Este enlace ya se usó o ha caducado. Pida otro.",
  "Your email is verified already.": "Su correo ya está verificado.",
  // The second step
  "This code is wrong, or was used already.": "Este código no es correcto o ya se usó.",
  "This code is wrong. Check the clock of the device that shows it.": "Este código no es correcto. Compruebe el reloj del dispositivo que lo muestra.",
  "Too many wrong codes. Wait before you try again.": "Demasiados códigos incorrectos. Espere antes de intentarlo de nuevo.",
  "Send a code, or a recovery_code.": "Escriba un código o un código de recuperación.",
  "This sign-in is over. Sign in again with email and password.": "Este inicio de sesión ha caducado. Empiece de nuevo con correo y contraseña.",
  "There is nothing to confirm. Begin with POST /v1/auth/totp.": "No hay nada que confirmar, o ha caducado. Empiece de nuevo.",
  "Your workspace requires two-step sign-in of you.": "Su espacio de trabajo le exige la verificación en dos pasos.",
  // OpenID providers
  "There is no such workspace, or nobody signs in there with a provider.": "No existe ese espacio de trabajo, o nadie inicia sesión allí con un proveedor.",
  "This sign-in is over, or never began here. Begin again.": "Este inicio de sesión ha caducado o no empezó aquí. Empiece de nuevo.",
  "The provider's answer cannot be trusted. Begin again, or ask an administrator of the workspace.": "La respuesta del proveedor no es de fiar. Empiece de nuevo o pregunte a quien administra el espacio de trabajo.",
  "This account is no longer active. Ask an administrator.": "Esta cuenta ya no está activa. Pregunte a quien administra el espacio de trabajo.",
  "You have no account here. Ask an administrator for an invitation.": "No tiene cuenta aquí. Pida una invitación a quien administra el espacio de trabajo.",
  "Another account of your provider signs in with this email. Ask an administrator.": "Otra cuenta de su proveedor ya usa este correo. Pregunte a quien administra el espacio de trabajo.",
  "Somebody has just changed this account. Begin again.": "Alguien acaba de cambiar esta cuenta. Empiece de nuevo.",
  "Your account has no role at this help desk. Ask an administrator for one.": "Su cuenta no tiene un rol en esta mesa de ayuda. Pídalo a quien lo administra.",
};

/** What a shape says of itself sounds like a program, in any language. */
const PATTERNS: readonly (readonly [RegExp, { en: string; es: string }])[] = [
  [/^String should have at least 1 character\.$/, { en: "Write something here.", es: "Escriba algo aquí." }],
  [/^String should have at least (\d+) characters\.$/, { en: "At least $1 characters, please.", es: "Debe tener al menos $1 caracteres." }],
  [/^String should have at most (\d+) characters\.$/, { en: "At most $1 characters, please.", es: "Debe tener $1 caracteres como máximo." }],
  [/^String should match pattern .*$/, { en: "This has not the form that is asked for.", es: "No tiene la forma debida." }],
  [/^List should have at least 1 item after validation, not 0\.$/, { en: "Add at least one.", es: "Añada al menos uno." }],
  [/^Input should be a valid (?:integer|number).*$/, { en: "Write a number here.", es: "Escriba un número aquí." }],
];

/** What the API says, in the language that is spoken; as it is where that has no words for it. */
export function inWords(said: string): string {
  const whole = language.value === "es" && SPANISH[said];
  if (whole) return whole;
  const found = PATTERNS.find(([pattern]) => pattern.test(said));
  return found ? said.replace(found[0], found[1][language.value]) : said;
}
