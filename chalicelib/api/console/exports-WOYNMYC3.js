import{Xa as t,Za as o}from"./chunk-YFHVTJRJ.js";function r(){return t(o,{title:"Exports",children:"\u2026"})}export{r as default};
