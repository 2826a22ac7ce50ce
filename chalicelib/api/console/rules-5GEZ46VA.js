import{$a as e,bb as t}from"./chunk-YGW6L6VE.js";function f(){return e(t,{title:"Rules",children:"\u2026"})}export{f as default};
