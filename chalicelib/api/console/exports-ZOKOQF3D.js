import{lb as t,nb as o}from"./chunk-X3ZK6FCR.js";function r(){return t(o,{title:"Exports",children:"\u2026"})}export{r as default};
