import{nb as t,pb as o}from"./chunk-2HKTDHLI.js";function r(){return t(o,{title:"Imports",children:"\u2026"})}export{r as default};
