import{nb as t,pb as o}from"./chunk-S2X5UH6H.js";function r(){return t(o,{title:"Imports",children:"\u2026"})}export{r as default};
