import{Aa as t,Ca as o}from"./chunk-XPZEU65A.js";function r(){return t(o,{title:"Imports",children:"\u2026"})}export{r as default};
