import{ra as e,ta as o}from"./chunk-XHQAQYTL.js";function r(){return e(o,{title:"Person",children:"\u2026"})}export{r as default};
