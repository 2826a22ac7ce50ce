import{ra as o,ta as t}from"./chunk-XHQAQYTL.js";function r(){return o(t,{title:"Macros",children:"\u2026"})}export{r as default};
