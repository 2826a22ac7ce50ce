import{Aa as o,Ca as e}from"./chunk-XPZEU65A.js";function f(){return o(e,{title:"Webhooks",children:"\u2026"})}export{f as default};
