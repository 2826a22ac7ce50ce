import{Ba as t,Da as o}from"./chunk-O6YUUWLO.js";function r(){return t(o,{title:"Exports",children:"\u2026"})}export{r as default};
