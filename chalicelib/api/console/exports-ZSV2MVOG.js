import{ra as t,ta as o}from"./chunk-XHQAQYTL.js";function r(){return t(o,{title:"Exports",children:"\u2026"})}export{r as default};
