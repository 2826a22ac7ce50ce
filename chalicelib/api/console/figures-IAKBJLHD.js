import{ra as e,ta as t}from"./chunk-XHQAQYTL.js";function r(){return e(t,{title:"Figures",children:"\u2026"})}export{r as default};
