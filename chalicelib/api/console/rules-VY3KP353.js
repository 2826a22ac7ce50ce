import{Wa as e,Ya as t}from"./chunk-F7EBDJF4.js";function f(){return e(t,{title:"Rules",children:"\u2026"})}export{f as default};
