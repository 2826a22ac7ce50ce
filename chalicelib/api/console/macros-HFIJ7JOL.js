import{ja as o,la as t}from"./chunk-DRBH7T5H.js";function r(){return o(t,{title:"Macros",children:"\u2026"})}export{r as default};
