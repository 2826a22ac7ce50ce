import{ja as e,la as o}from"./chunk-DRBH7T5H.js";function r(){return e(o,{title:"Person",children:"\u2026"})}export{r as default};
