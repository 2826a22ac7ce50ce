import "../shared";

export { default as signIn } from "../signin/sign-in";
export { default as signedIn } from "../signin/signed-in";
export { default as signUp } from "../signin/sign-up";
export { default as register } from "../signin/register";
export { default as forgot } from "../signin/forgot";
export { default as reset } from "../signin/reset";
export { default as invitation } from "../signin/invitation";
export { default as verifyEmail } from "../signin/verify-email";
export { default as twoStep } from "../signin/two-step";
