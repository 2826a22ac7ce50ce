import{Xa as t,Za as o}from"./chunk-YFHVTJRJ.js";function r(){return t(o,{title:"Imports",children:"\u2026"})}export{r as default};
