import{Ba as e,Da as t}from"./chunk-O6YUUWLO.js";function r(){return e(t,{title:"Figures",children:"\u2026"})}export{r as default};
