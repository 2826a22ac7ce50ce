import{ab as e,cb as t}from"./chunk-QKDOG3YL.js";function r(){return e(t,{title:"Figures",children:"\u2026"})}export{r as default};
