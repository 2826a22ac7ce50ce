import{Ba as o,Da as t}from"./chunk-O6YUUWLO.js";function r(){return o(t,{title:"Macros",children:"\u2026"})}export{r as default};
