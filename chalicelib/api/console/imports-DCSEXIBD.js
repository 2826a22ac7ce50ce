import{J as t,L as o}from"./chunk-C74RT4KI.js";import"./chunk-2WTMYVGC.js";function r(){return t(o,{title:"Imports",children:"\u2026"})}export{r as default};
