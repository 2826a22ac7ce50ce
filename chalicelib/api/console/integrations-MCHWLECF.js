import{Aa as t,Ca as e}from"./chunk-XPZEU65A.js";function n(){return t(e,{title:"Integrations",children:"\u2026"})}export{n as default};
