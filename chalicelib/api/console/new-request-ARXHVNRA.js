import{ja as e,la as t}from"./chunk-DRBH7T5H.js";function r(){return e(t,{title:"New request",children:"\u2026"})}export{r as default};
