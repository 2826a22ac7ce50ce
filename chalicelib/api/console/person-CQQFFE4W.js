import{ab as e,cb as o}from"./chunk-QKDOG3YL.js";function r(){return e(o,{title:"Person",children:"\u2026"})}export{r as default};
