import{J as o,L as t}from"./chunk-C74RT4KI.js";import"./chunk-2WTMYVGC.js";function r(){return o(t,{title:"Forgot",children:"\u2026"})}export{r as default};
