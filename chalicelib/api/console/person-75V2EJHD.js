import{a as e,b as o}from"./chunk-CC35GPOO.js";import"./chunk-LPC5Z6MI.js";function r(){return e(o,{title:"Person",children:"\u2026"})}export{r as default};
