import{Xa as o,Za as t}from"./chunk-YFHVTJRJ.js";function r(){return o(t,{title:"Macros",children:"\u2026"})}export{r as default};
