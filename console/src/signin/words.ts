/** Words that several of these pages have. */

import { words } from "../core/words";

export const SIGNIN = words({
  en: {
    signIn: "Sign in",
    email: "Email",
    password: "Password",
    newPassword: "New password",
    name: "Your name",
    forgot: "Forgot your password?",
    back: "Back to sign-in",
    code: "Code",
    codeHint: "Six digits, from your authenticator app",
    recovery: "Recovery code",
    recoveryHint: "One of those that you kept when you set up two-step sign-in; each is good once",
    useRecovery: "I cannot use the app: use a recovery code",
    useCode: "Use a code of the app",
    broken: "This link is not complete",
    brokenHow: "Open the link in your mail again, or copy all of it into the address bar.",
    noDesk: (slug: string) => `There is no help desk “${slug}”.`,
  },
  es: {
    signIn: "Iniciar sesión",
    email: "Correo electrónico",
    password: "Contraseña",
    newPassword: "Contraseña nueva",
    name: "Su nombre",
    forgot: "¿Olvidó su contraseña?",
    back: "Volver al inicio de sesión",
    code: "Código",
    codeHint: "Seis cifras, de su aplicación de autenticación",
    recovery: "Código de recuperación",
    recoveryHint: "Uno de los que guardó al activar la verificación en dos pasos; cada uno sirve una vez",
    useRecovery: "No puedo usar la aplicación: usar un código de recuperación",
    useCode: "Usar un código de la aplicación",
    broken: "Este enlace no está completo",
    brokenHow: "Abra de nuevo el enlace de su correo, o cópielo entero en la barra de direcciones.",
    noDesk: (slug: string) => `No existe la mesa de ayuda «${slug}».`,
  },
});
