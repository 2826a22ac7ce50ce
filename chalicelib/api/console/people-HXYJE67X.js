import{Aa as e,Ca as o}from"./chunk-XPZEU65A.js";function f(){return e(o,{title:"People",children:"\u2026"})}export{f as default};
