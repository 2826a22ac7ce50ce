/** The console begins: which page, for whom, in which frame. */

import "./shared";

import { render } from "preact";

import { App } from "./app";

render(<App />, document.getElementById("app")!);
