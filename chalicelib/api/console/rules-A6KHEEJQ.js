import{ab as e,cb as t}from"./chunk-QKDOG3YL.js";function f(){return e(t,{title:"Rules",children:"\u2026"})}export{f as default};
