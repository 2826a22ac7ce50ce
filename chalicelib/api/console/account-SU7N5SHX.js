import{Aa as t,Ca as o}from"./chunk-XPZEU65A.js";function f(){return t(o,{title:"Account",children:"\u2026"})}export{f as default};
