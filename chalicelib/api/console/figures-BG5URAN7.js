import{lb as e,nb as t}from"./chunk-X3ZK6FCR.js";function r(){return e(t,{title:"Figures",children:"\u2026"})}export{r as default};
