import{Aa as t,Ca as e}from"./chunk-XPZEU65A.js";function f(){return t(e,{title:"Ticket",children:"\u2026"})}export{f as default};
