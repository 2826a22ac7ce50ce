import{Aa as e,Ca as t}from"./chunk-XPZEU65A.js";function f(){return e(t,{title:"Rules",children:"\u2026"})}export{f as default};
