import{ja as t,la as o}from"./chunk-DRBH7T5H.js";function r(){return t(o,{title:"Exports",children:"\u2026"})}export{r as default};
