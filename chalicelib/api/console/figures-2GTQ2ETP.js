import{Aa as e,Ca as t}from"./chunk-XPZEU65A.js";function r(){return e(t,{title:"Figures",children:"\u2026"})}export{r as default};
