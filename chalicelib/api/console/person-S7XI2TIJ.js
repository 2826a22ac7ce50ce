import{J as e,L as o}from"./chunk-C74RT4KI.js";import"./chunk-2WTMYVGC.js";function r(){return e(o,{title:"Person",children:"\u2026"})}export{r as default};
