import{Xa as e,Za as o}from"./chunk-YFHVTJRJ.js";function r(){return e(o,{title:"Person",children:"\u2026"})}export{r as default};
