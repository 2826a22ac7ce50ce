import{Xa as e,Za as t}from"./chunk-YFHVTJRJ.js";function r(){return e(t,{title:"Figures",children:"\u2026"})}export{r as default};
