import{ib as t,kb as o}from"./chunk-WQC7JUWH.js";function r(){return t(o,{title:"Imports",children:"\u2026"})}export{r as default};
