import{a as e,b as t}from"./chunk-CC35GPOO.js";import"./chunk-LPC5Z6MI.js";function r(){return e(t,{title:"Figures",children:"\u2026"})}export{r as default};
