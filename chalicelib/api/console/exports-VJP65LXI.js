import{ab as t,cb as o}from"./chunk-QKDOG3YL.js";function r(){return t(o,{title:"Exports",children:"\u2026"})}export{r as default};
