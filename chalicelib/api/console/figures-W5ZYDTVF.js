import{J as e,L as t}from"./chunk-C74RT4KI.js";import"./chunk-2WTMYVGC.js";function r(){return e(t,{title:"Figures",children:"\u2026"})}export{r as default};
